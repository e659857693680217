"""Mathematics, the second domain: equations, identities and integrals in the same trace format.

Nothing is here yet; the kernel it will stand on is `rpsdg.traces`.
"""

"""An ndt7 server: one download and one upload test over WebSocket, as M-Lab's specification v0.11.0 has them.

https://github.com/m-lab/ndt-server/blob/main/spec/ndt7-protocol.md
"""

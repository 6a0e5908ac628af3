"""One institution's end of the bridge: an asyncio program that signs, seals and logs. No Django."""

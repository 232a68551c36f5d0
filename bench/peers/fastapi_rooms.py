"""A chat as tutorials for FastAPI write it: a connection manager that sends to each member in turn, kept in memory."""

from datetime import datetime

from fastapi import FastAPI, WebSocket, WebSocketDisconnect


class ConnectionManager:
    def __init__(self):
        self.rooms: dict[int, list[WebSocket]] = {}

    async def connect(self, room_id: int, websocket: WebSocket):
        await websocket.accept()
        self.rooms.setdefault(room_id, []).append(websocket)

    def disconnect(self, room_id: int, websocket: WebSocket):
        members = self.rooms.get(room_id, [])
        if websocket in members:
            members.remove(websocket)

    async def broadcast(self, room_id: int, message: dict):
        for connection in list(self.rooms.get(room_id, [])):
            try:
                await connection.send_json(message)
            except Exception:
                self.disconnect(room_id, connection)


app = FastAPI()
manager = ConnectionManager()


@app.websocket("/ws/chat/{room_id}")
async def chat(websocket: WebSocket, room_id: int, username: str):
    await manager.connect(room_id, websocket)
    await websocket.send_json({"type": "users_list", "users": [username]})
    try:
        while True:
            data = await websocket.receive_json()
            if data.get("type", "message") != "message" or not data.get("content", "").strip():
                continue
            message = {"type": "message", "username": username, "content": data["content"]}
            await manager.broadcast(room_id, {**message, "timestamp": datetime.utcnow().isoformat()})
    except WebSocketDisconnect:
        manager.disconnect(room_id, websocket)

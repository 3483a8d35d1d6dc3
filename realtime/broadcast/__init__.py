"""Broadcasts: the encoder that makes the plenary's HLS files, and the process that serves them.

Media never touches the event loop of the rooms: ffmpeg writes files, another process serves them
(`realtime.broadcast.files`), and in production any web server or CDN does (`MEDIA_URL`).
"""

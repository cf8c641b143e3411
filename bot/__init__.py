"""What people talk to: aiogram routers, a file per subject."""

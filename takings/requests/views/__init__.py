"""The pages of requests: what is offered, one's own, a request's room, studio and desk."""

"""The pages of the shop."""

app_name = "shop"
urlpatterns: list[object] = []

"""The pages of the shop: buyers', sellers', and the operators' desk."""

from django.urls import path

from takings.shop.views import buying, codes, desk, goods, sales, studio

app_name = "shop"
urlpatterns = [
    path("", goods.everything, name="goods"),
    path("@<slug:handle>/", goods.channel, name="channel"),
    path("goods/<uuid:product_id>/", goods.product, name="product"),
    path("pictures/<slug:digest>.webp", goods.picture, name="picture"),
    path("videos/<uuid:video_id>/shelf.json", goods.shelf, name="shelf"),
    path("videos/<uuid:video_id>/to/<uuid:product_id>/", goods.click, name="click"),
    path("cart/", buying.cart, name="cart"),
    path("cart/put/", buying.put, name="put"),
    path("cart/<slug:kind>/<slug:currency>/", buying.checkout, name="checkout"),
    path("orders/", buying.orders, name="orders"),
    path("orders/<uuid:order_id>/", buying.order, name="order"),
    path("orders/parcels/<uuid:parcel_id>/cancel/", buying.cancel, name="cancel"),
    path("orders/parcels/<uuid:parcel_id>/here/", buying.confirm, name="confirm"),
    path("orders/parcels/<uuid:parcel_id>/back/", buying.send_back, name="send_back"),
    path("orders/returns/<uuid:return_id>/", buying.contest, name="contest"),
    path("orders/lines/<int:line_id>/file/", buying.download, name="download"),
    path("orders/lines/<int:line_id>/review/", buying.review, name="review_line"),
    path("studio/", studio.goods, name="studio"),
    path("studio/shop/", studio.settings, name="settings"),
    path("studio/codes/", codes.codes, name="codes"),
    path("studio/codes/<uuid:discount_id>/stop/", codes.stop, name="stop_code"),
    path("studio/goods/new/", studio.new, name="new"),
    path("studio/goods/<uuid:product_id>/", studio.edit, name="edit"),
    path("studio/goods/<uuid:product_id>/variant/", studio.variant, name="variant"),
    path("studio/goods/<uuid:product_id>/keys/", studio.keys, name="keys"),
    path("studio/goods/<uuid:product_id>/picture/", studio.picture, name="set_picture"),
    path("studio/goods/<uuid:product_id>/offer/", studio.offer, name="offer"),
    path("studio/videos/<uuid:video_id>/", studio.tags, name="tags"),
    path("studio/parcels/", sales.parcels, name="parcels"),
    path("studio/parcels.csv", sales.parcels_csv, name="parcels_csv"),
    path("studio/parcels/<uuid:parcel_id>/", sales.parcel, name="parcel"),
    path("studio/parcels/<uuid:parcel_id>/ship/", sales.ship, name="ship"),
    path("studio/parcels/<uuid:parcel_id>/cancel/", sales.cancel, name="cancel_sold"),
    path("studio/returns/<uuid:return_id>/", sales.answer, name="answer"),
    path("desk/", desk.desk, name="desk"),
    path("desk/parcels/<uuid:parcel_id>/", desk.parcel, name="desk_parcel"),
    path("desk/goods/<uuid:product_id>/", desk.review, name="review"),
    path("desk/returns/<uuid:return_id>/", desk.decide, name="decide"),
]

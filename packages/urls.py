from django.urls import path

from packages.views import competitions, offers, orders, packages, placements, search

app_name = "packages"

# Searching, packages, placements
urlpatterns = [
    path("find/", search.search, name="search"),
    path("find/compare/", search.compare, name="compare"),
    path("find/services/<uuid:id>/", search.service, name="service"),
    path("find/services/<uuid:id>/compare/", search.compare_service, name="compare_service"),
    path("packages/", packages.package_list, name="packages"),
    path("packages/start/", packages.package_start, name="package_start"),
    path("packages/<uuid:id>/", packages.package, name="package"),
    path("packages/<uuid:id>/about/", packages.package_about, name="package_about"),
    path("packages/<uuid:id>/need/", packages.package_need, name="package_need"),
    path("packages/<uuid:id>/pattern/", packages.package_pattern, name="package_pattern"),
    path("packages/<uuid:id>/who/", packages.package_identity, name="package_identity"),
    path("packages/<uuid:id>/check/", packages.package_check, name="package_check"),
    path("packages/<uuid:id>/refer/", packages.package_refer, name="package_refer"),
    path("packages/<uuid:id>/approve/", packages.package_approve, name="package_approve"),
    path("packages/<uuid:id>/close/", packages.package_close, name="package_close"),
    path("packages/<uuid:id>/choose/", placements.choose, name="choose"),
    path("packages/<uuid:id>/cost/", placements.package_cost, name="package_cost"),
    path("identities/<uuid:id>/", packages.identity, name="identity"),
    path("identities/<uuid:id>/why/", packages.identity_look, name="identity_look"),
    path("placements/", placements.placement_list, name="placements"),
    path("placements/<uuid:id>/", placements.placement, name="placement"),
    path("placements/<uuid:id>/send/", placements.placement_order, name="placement_order"),
    path("placements/<uuid:id>/start/", placements.placement_start, name="placement_start"),
    path("placements/<uuid:id>/release/", placements.placement_release, name="placement_release"),
    path("placements/<uuid:id>/terms/", placements.placement_terms, name="placement_terms"),
    path("placements/<uuid:id>/end/", placements.placement_end, name="placement_end"),
    path("placements/<uuid:id>/cancel/", placements.placement_cancel, name="placement_cancel"),
    path("placements/<uuid:id>/order/", placements.order_pdf, name="order_pdf"),
    path("portal/orders/", orders.order_list, name="orders"),
    path("portal/orders/<uuid:id>/", orders.order, name="order"),
    path("portal/orders/<uuid:id>/accept/", orders.order_accept, name="order_accept"),
    path("portal/orders/<uuid:id>/refuse/", orders.order_refuse, name="order_refuse"),
]

# Call-offs and offers (imports of packages.views.call_offs and .offers go at the top)
urlpatterns += [
    path("portal/call-offs/", offers.call_off_list, name="call_offs"),
    path("portal/call-offs/<uuid:id>/", offers.call_off, name="call_off"),
    path("portal/call-offs/<uuid:id>/offer/", offers.offer_start, name="offer_start"),
    path("portal/call-offs/<uuid:id>/decline/", offers.call_off_decline, name="call_off_decline"),
    path("portal/offers/<uuid:id>/questions/", offers.offer_questions, name="offer_questions"),
    path("portal/offers/<uuid:id>/price/", offers.offer_price, name="offer_price"),
    path("portal/offers/<uuid:id>/check/", offers.offer_check, name="offer_check"),
    path("portal/offers/<uuid:id>/submit/", offers.offer_submit, name="offer_submit"),
    path("portal/offers/<uuid:id>/withdraw/", offers.offer_withdraw, name="offer_withdraw"),
    path("portal/offers/<uuid:id>/decision/", offers.offer_decision, name="offer_decision"),
    path("portal/offers/received/<uuid:id>/", offers.offer_submission, name="offer_submission"),
    path("competitions/", competitions.competition_list, name="competitions"),
    path("competitions/start/<uuid:id>/", competitions.competition_start, name="competition_start"),
    path("competitions/<uuid:id>/", competitions.competition, name="competition"),
    *(
        path(f"competitions/<uuid:id>/{slug}/", view, name=f"competition_{slug.replace('-', '_')}")
        for slug, view in {
            "invited": competitions.competition_evidence,
            "publish": competitions.competition_publish,
            "extend": competitions.competition_extend,
            "cancel": competitions.competition_cancel,
            "open": competitions.competition_open,
            "declare": competitions.competition_declare,
            "rank": competitions.competition_rank,
            "sum": competitions.competition_offer,
            "preference": competitions.competition_preference,
            "award": competitions.competition_award,
            "no-award": competitions.competition_no_award,
        }.items()
    ),
    path("competitions/offers/<uuid:id>/", competitions.offer_read, name="competition_read"),
    path("competitions/offers/<uuid:id>/mark/", competitions.offer_mark, name="competition_mark"),
]

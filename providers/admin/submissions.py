from dps.admin import site
from providers.views import submissions

site.page("submissions/", submissions.queue)
site.page("submissions/<uuid:id>/", submissions.reading_pane)
site.page("submissions/<uuid:id>/document/", submissions.submission_document)

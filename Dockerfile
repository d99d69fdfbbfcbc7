# The image of web, worker, beat and migrate; docker-compose.yml says how they go together.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 dps \
    && install -d -o dps -g dps /srv/dps /var/lib/dps

WORKDIR /srv/dps
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt

COPY . .
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/dps
# Files to serve are gathered now, with keys that are good for nothing else.
RUN ENVIRONMENT=production SECRET_KEY=gathering ALLOWED_HOSTS=localhost \
    SEALING_KEYS=Z2F0aGVyaW5nIGZpbGVzIG9ubHksIDMyIGJ5dGVzLi4= \
    python manage.py collectstatic --noinput

USER dps
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "dps.wsgi", "--bind", "0.0.0.0:8000"]

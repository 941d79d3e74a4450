# billproof with all that it needs, a browser included:
#   docker run --rm --network host billproof verify http://127.0.0.1:8000 --sandbox … --env-file …
FROM python:3.13-slim-trixie AS build
WORKDIR /source
COPY . .
RUN pip install --no-cache-dir --require-hashes -r locks/run.txt \
    && pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.13-slim-trixie
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends chromium-headless-shell \
    && rm -rf /var/lib/apt/lists/*
COPY locks/run.txt /tmp/run.txt
RUN pip install --no-cache-dir --require-hashes -r /tmp/run.txt
RUN --mount=from=build,source=/wheels,target=/wheels pip install --no-cache-dir --no-deps /wheels/*.whl \
    && ln -s "$(python -c 'from billproof.suite import suite_root; print(suite_root())')" /suite
RUN useradd --create-home billproof && install -d -o billproof /data /report
USER billproof
WORKDIR /report
VOLUME ["/data", "/report"]
ENTRYPOINT ["billproof"]
CMD ["verify"]

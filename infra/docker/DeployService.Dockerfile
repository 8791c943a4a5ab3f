# The deploy service. Build from the top of the tree: docker build -f infra/docker/DeployService.Dockerfile .
# By digest: what is built today is built tomorrow. How to move them is in infra/docker/README.md.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0@sha256:e1ffd2a92ae84c1291bc1b6887501f8af98e6331e7af6d4c8d37168c5e87a64c
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0@sha256:a4556ed033fa96f984bb7a8d348851cb2d36b1281dd2420070045f664fbb5f94

FROM ${SDK_IMAGE} AS build
# Times in the image are this one's: --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
ARG SOURCE_DATE_EPOCH=0
WORKDIR /src
COPY .editorconfig global.json Directory.Packages.props ./
COPY infra/build/ infra/build/
COPY infra/docker/dotnet-tools.json infra/docker/publish infra/docker/
COPY contracts/ contracts/
COPY src/DevopsCd.DeployService/ src/DevopsCd.DeployService/
COPY src/Shared/ src/Shared/
COPY src/Directory.Build.props src/
RUN infra/docker/publish DevopsCd.DeployService /out

FROM ${RUNTIME_IMAGE}
# Nothing is written: the file system may be read-only, with a tmpfs on /tmp.
ENV DOTNET_EnableDiagnostics=0 \
    DOTNET_CLI_TELEMETRY_OPTOUT=1 \
    ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://+:8080
WORKDIR /app
COPY --from=build /out/app .
COPY --from=build /out/sbom /sbom
USER $APP_UID
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "DevopsCd.DeployService.dll"]

# The host. Build from the top of the tree: docker build -f infra/docker/Host.Dockerfile .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY .editorconfig global.json Directory.Packages.props ./
COPY infra/build/ infra/build/
COPY contracts/ contracts/
COPY src/ src/
RUN dotnet publish src/DevopsCd.Host -c Release -o /app --nologo -p:UseAppHost=false \
 && install -d -m 0750 /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# /data holds the SQLite file of the embedded mode. Nothing else is written: the file system may be read-only, with a tmpfs on /tmp.
ENV DOTNET_EnableDiagnostics=0 \
    DOTNET_CLI_TELEMETRY_OPTOUT=1 \
    ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://+:8080 \
    core__storage__connection_string="Data Source=/data/devopscd.db"
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=$APP_UID:$APP_UID /data /data
USER $APP_UID
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "DevopsCd.Host.dll"]

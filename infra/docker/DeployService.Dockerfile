# The deploy service. Build from the top of the tree: docker build -f infra/docker/DeployService.Dockerfile .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY .editorconfig global.json Directory.Packages.props ./
COPY infra/build/ infra/build/
COPY contracts/ contracts/
COPY src/DevopsCd.DeployService/ src/DevopsCd.DeployService/
COPY src/Directory.Build.props src/
RUN dotnet publish src/DevopsCd.DeployService -c Release -o /app --nologo -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# Nothing is written: the file system may be read-only, with a tmpfs on /tmp.
ENV DOTNET_EnableDiagnostics=0 \
    DOTNET_CLI_TELEMETRY_OPTOUT=1 \
    ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://+:8080
WORKDIR /app
COPY --from=build /app .
USER $APP_UID
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "DevopsCd.DeployService.dll"]

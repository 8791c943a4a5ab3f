using DevopsCd.Core;
using DevopsCd.Host.Access;

namespace DevopsCd.Host;

/// <summary>What the embedded mode says when it is up: where it is, and how to carry a batch to its end.</summary>
internal static class Welcome
{
    public static void Print(WebApplication app, CoreSettings settings)
    {
        if (!app.Services.GetRequiredService<AuthOptions>().IsLocal || settings.Storage.Postgres || settings.Core.Transport != "in-memory"
            || settings.Deploy.Driver != "simulated")
            return;
        var address = app.Urls.FirstOrDefault()?.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)
            .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
        Console.WriteLine($$"""

              DevopsCd listens on {{address}}, open it in a browser (embedded: SQLite, in-memory messages, simulated deployments)

              Carry the first batch to its end:
                curl -s {{address}}/api/v1/batches -H 'X-Operator: you' -H 'Content-Type: application/json' -d '{"title":"First release","releases":[{"application":"user-service"},{"application":"order-service"},{"application":"web-shop"}]}'; echo
                for e in approve confirm_tag; do curl -s -X POST {{address}}/api/v1/batches/1/events/$e -H 'X-Operator: you'; echo; done
                sleep 10; for e in start_prod_deploy final_accept; do curl -s -X POST {{address}}/api/v1/batches/1/events/$e -H 'X-Operator: you'; echo; sleep 10; done
              Look at it:       curl -s {{address}}/api/v1/batches/1
              The API:          {{address}}/openapi/v1.json

            """);
    }
}

using DevopsCd.Core.Configuration;

namespace DevopsCd.Host;

/// <summary>What the embedded mode says when it is up: where it is, and how to carry a batch to its end.</summary>
internal static class Welcome
{
    public static void Print(WebApplication app)
    {
        if (app.Services.GetRequiredService<StorageOptions>().Postgres)
            return;
        var address = app.Urls.FirstOrDefault()?.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
        Console.WriteLine($$"""

              DevopsCd listens on {{address}} (embedded: SQLite, in-memory messages, simulated deployments)

              Carry a batch to its end:
                curl -s {{address}}/api/v1/batches -H 'X-Operator: you' -H 'Content-Type: application/json' -d '{"title":"First release","releases":[{"application":"user-service"},{"application":"order-service"},{"application":"web-shop"}]}'
                for e in approve confirm_tag; do curl -s -X POST {{address}}/api/v1/batches/1/events/$e -H 'X-Operator: you'; echo; done
                sleep 10; for e in start_prod_deploy final_accept; do curl -s -X POST {{address}}/api/v1/batches/1/events/$e -H 'X-Operator: you'; echo; sleep 10; done
              Look at it:       curl -s {{address}}/api/v1/batches/1
              The API:          {{address}}/openapi/v1.json

            """);
    }
}

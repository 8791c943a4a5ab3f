using System.Net;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>Fills a catalogue patiently: a busy machine may have no time for a request yet, which is not what a run is about.</summary>
internal static class Catalogue
{
    /// <summary>An application with targets in these stages and its first build.</summary>
    public static async Task Register(CdApi api, string application, params string[] stages)
    {
        await Done(() => api.AddApplication(application)).ConfigureAwait(false);
        foreach (var stage in stages) await Done(() => api.SetTarget(application, stage)).ConfigureAwait(false);
        await Done(() => api.AddBuild(application, 1)).ConfigureAwait(false);
    }

    /// <summary>Asks again after "not now"; what was done all the same is refused the second time.</summary>
    public static Task Done(Func<Task<CdAnswer>> call) => Eventually.IsTrue(
        async () => await call().ConfigureAwait(false) is { IsUnavailable: false } answer
            && (answer.Status == HttpStatusCode.Conflict || answer.Expect().IsSuccess),
        "a request is taken",
        TimeSpan.FromMinutes(3));
}

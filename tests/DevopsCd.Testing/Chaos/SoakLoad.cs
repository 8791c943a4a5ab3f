namespace DevopsCd.Testing.Chaos;

/// <summary>What a host is put under for long.</summary>
/// <param name="Length">For how long.</param>
/// <param name="Applications">How many applications there are; each batch has three of them.</param>
/// <param name="BatchesPerMinute">So many batches begin, and are carried to their end.</param>
/// <param name="BuildsPerSecond">So many builds come in, every other one over the broker.</param>
/// <param name="Watchers">So many follow every batch by the stream.</param>
/// <param name="Pages">So many pages are open.</param>
public sealed record SoakLoad(TimeSpan Length, int Applications = 600, int BatchesPerMinute = 40, int BuildsPerSecond = 50, int Watchers = 200, int Pages = 20);

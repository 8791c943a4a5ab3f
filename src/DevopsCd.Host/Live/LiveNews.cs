namespace DevopsCd.Host.Live;

/// <summary>What a page or a stream is told.</summary>
/// <param name="Kind">What about.</param>
/// <param name="Look">The number of the look at the database that found it: pages that are told by the same look may read together.</param>
internal readonly record struct LiveNews(LiveNewsKind Kind, long Look);

/// <summary>What news are about.</summary>
internal enum LiveNewsKind
{
    /// <summary>Nothing has changed since the page was read.</summary>
    Same,

    /// <summary>Read again.</summary>
    Changed,

    /// <summary>The database does not answer: what is shown may be old.</summary>
    Lost
}

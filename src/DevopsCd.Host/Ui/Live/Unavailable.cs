using System.Data.Common;
using DevopsCd.Host.Api;
using DevopsCd.Host.Broker;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Ui.Live;

/// <summary>What pages meet with while the database or the broker does not answer: no fault of theirs, and over in a moment.</summary>
internal static class Unavailable
{
    public static bool Is(Exception failure) => failure is DbUpdateException or DbException or TimeoutException || Outage.IsOne(failure);

    /// <summary>For people.</summary>
    public static Sentence Words(Exception failure) => DatabaseWords.Of(failure);
}

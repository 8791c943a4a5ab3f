using DevopsCd.Core.Notifications.Limits;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>What a service answered.</summary>
/// <param name="Verdict">What it means for the notice.</param>
/// <param name="Detail">For people: shortened and without secrets.</param>
/// <param name="Silence">How long the service wants no calls at all; it holds for every notice to the address.</param>
internal sealed record ChannelAnswer(ChannelVerdict Verdict, string Detail, TimeSpan? Silence = null)
{
    public static ChannelAnswer Ok(string detail) => new(ChannelVerdict.Ok, detail);

    public static ChannelAnswer Retry(string detail, TimeSpan? silence = null) => new(ChannelVerdict.Retry, detail, silence);

    public static ChannelAnswer TooLong(string detail) => new(ChannelVerdict.TooLong, detail);

    /// <summary>Too long becomes a later, shorter try where there can be one.</summary>
    public ChannelAnswer After(SizeLimit limit, int sent) => Verdict != ChannelVerdict.TooLong ? this
        : limit.Shrink(sent) ? Retry($"Too long for the service ({sent} bytes); it is sent again shorter. {Detail}")
        : Stop($"Too long for the service ({sent} bytes), and it cannot be shortened. {Detail}");

    public static ChannelAnswer Stop(string detail) => new(ChannelVerdict.Stop, detail);
}

/// <summary>What an answer means for the notice.</summary>
internal enum ChannelVerdict
{
    Ok,

    /// <summary>Try again later.</summary>
    Retry,

    /// <summary>Too long for the service: a shorter message may be taken. Channels turn it into one of the others.</summary>
    TooLong,

    /// <summary>The same request will never be taken.</summary>
    Stop
}

namespace DevopsCd.Core.Notifications;

/// <summary>What a service answered.</summary>
/// <param name="Verdict">What it means for the notice.</param>
/// <param name="Detail">For people: shortened and without secrets.</param>
/// <param name="Silence">How long the service wants no calls at all; it holds for every notice to the address.</param>
internal sealed record ChannelAnswer(ChannelVerdict Verdict, string Detail, TimeSpan? Silence = null)
{
    public static ChannelAnswer Ok(string detail) => new(ChannelVerdict.Ok, detail);

    public static ChannelAnswer Retry(string detail, TimeSpan? silence = null) => new(ChannelVerdict.Retry, detail, silence);

    public static ChannelAnswer Stop(string detail) => new(ChannelVerdict.Stop, detail);
}

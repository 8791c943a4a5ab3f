using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Notifications;

/// <summary>What came of a test notice.</summary>
/// <param name="Row">The row that records it; null when the address must rest first.</param>
/// <param name="Verdict">What the answer means.</param>
/// <param name="Wait">How long the address must rest.</param>
internal sealed record TestOutcome(NotificationView? Row, ChannelVerdict Verdict, TimeSpan Wait);

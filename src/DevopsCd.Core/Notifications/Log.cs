using DevopsCd.Core.Notifications.Composing;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Notifications;

/// <summary>Log lines of the room. Addresses of services are secrets: only channel names and cleaned answers appear.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {BatchNumber}: notice {NoticeKey} sent to {Channel} ({Count} told)")]
    public static partial void NoticeSent(this ILogger log, string batchNumber, string noticeKey, string channel, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {BatchNumber}: notice {NoticeKey} to {Channel} failed on try {Try}, next in {Wait}: {Detail}")]
    public static partial void NoticeRetried(this ILogger log, string batchNumber, string noticeKey, string channel, int @try, TimeSpan wait, string detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "Batch {BatchNumber}: notice {NoticeKey} to {Channel} was given up after try {Try}: {Detail}")]
    public static partial void NoticeFailed(this ILogger log, string batchNumber, string noticeKey, string channel, int @try, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {Channel}: sending failed unexpectedly; next try in {Wait}")]
    public static partial void SenderStumbled(this ILogger log, Exception exception, string channel, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Batch {BatchNumber}: notice {NoticeKey} was sent to {Channel}, but its outcome could not be stored; trying again")]
    public static partial void OutcomeNotWritten(this ILogger log, Exception exception, string batchNumber, string noticeKey, string channel);

    [LoggerMessage(Level = LogLevel.Information, Message = "Notice for batch {BatchNumber} ({Tone}): {Title}. {Text}")]
    public static partial void Told(this ILogger log, string batchNumber, MessageTone tone, string title, string text);
}

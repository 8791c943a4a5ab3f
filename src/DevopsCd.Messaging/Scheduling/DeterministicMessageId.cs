using System.Buffers.Binary;
using System.Text;
using DevopsCd.Shared;

namespace MassTransit.QuartzIntegration;

/// <summary>
/// The id of a scheduled message follows from what was scheduled and for when, so that a firing repeated after a crash, or a
/// schedule command delivered twice, is recognised by the receiver's inbox. The time is part of it because a token may be
/// scheduled again after it fired, and that is another message.
/// </summary>
internal static class DeterministicMessageId
{
    internal static Guid For(Guid token, DateTimeOffset time) => Hash(token.ToByteArray(bigEndian: true), time);

    internal static Guid For(string scheduleGroup, string scheduleId, DateTimeOffset time) =>
        Hash(Encoding.UTF8.GetBytes($"{scheduleGroup}\n{scheduleId}"), time);

    private static Guid Hash(ReadOnlySpan<byte> subject, DateTimeOffset time)
    {
        Span<byte> input = stackalloc byte[subject.Length + sizeof(long)];
        subject.CopyTo(input);
        BinaryPrimitives.WriteInt64BigEndian(input[subject.Length..], time.UtcTicks);
        return DerivedId.From("scheduled", input);
    }
}

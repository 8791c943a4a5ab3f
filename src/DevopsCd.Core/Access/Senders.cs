using System.Text.Json;
using MassTransit;

namespace DevopsCd.Core.Access;

/// <summary>Who has sent a message.</summary>
internal sealed class Senders(SenderTrust trust)
{
    /// <summary>The header in which consumers find the user that the broker vouches for; a sender cannot set it.</summary>
    public const string VerifiedUser = "DevopsCd-User-Id";

    /// <summary>Who a message without a user comes from, where the broker vouches for users. RabbitMQ has no user of that name.</summary>
    public static readonly string Unverified = "(unverified)";

    /// <summary>On a message of ours: the person for whom we send it. Of anybody else it says nothing.</summary>
    public const string AskerHeader = "DevopsCd-Asker";

    /// <summary>Sends a message for somebody: the rights and groups that they have when it is consumed count, however much later that is.</summary>
    public static void Stamp(SendContext context, Subject asker) => context.Headers.Set(AskerHeader, JsonSerializer.Serialize(asker));

    public Subject Of(ConsumeContext context) => Of(context.Headers.Get<string>(VerifiedUser), context.Headers.Get<string>(AskerHeader));

    /// <summary>Who had sent a message that was set aside with these headers.</summary>
    public Subject Of(IReadOnlyDictionary<string, string> headers) => Of(headers.GetValueOrDefault(VerifiedUser), headers.GetValueOrDefault(AskerHeader));

    private Subject Of(string? user, string? asker)
    {
        if (trust.Own is not null && trust.IsVerified && user != trust.Own)
            return new Subject(SubjectKind.Amqp, user ?? Unverified) { Grants = trust.Grants };
        return asker is null ? Subject.Engine
            // What users of the broker may do without a binding is decided now, not when it was sent.
            : JsonSerializer.Deserialize<Subject>(asker)! is { Kind: SubjectKind.Amqp } sender ? sender with { Grants = trust.Grants }
            : JsonSerializer.Deserialize<Subject>(asker)!;
    }
}

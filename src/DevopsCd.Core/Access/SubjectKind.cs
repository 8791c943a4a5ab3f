namespace DevopsCd.Core.Access;

/// <summary>How somebody is known to us.</summary>
internal enum SubjectKind
{
    /// <summary>A person who has logged in.</summary>
    User,

    /// <summary>A group of people, as the identity provider names it. Bindings are given to groups; none asks by itself.</summary>
    Group,

    /// <summary>An API token.</summary>
    Token,

    /// <summary>A CI job that proves itself by its own provider's token.</summary>
    Workload,

    /// <summary>A user of the message broker, as the broker has verified it.</summary>
    Amqp,

    /// <summary>A part of this system.</summary>
    System
}

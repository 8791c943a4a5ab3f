namespace DevopsCd.Core.Releases;

/// <summary>Who asks for an event, as the way in has made sure. What they may do is known elsewhere.</summary>
internal interface IAsker
{
    /// <summary>How the audit names them.</summary>
    string Operator { get; }

    /// <summary>Whether it is the engine, which is bound by rules and not by rights.</summary>
    bool IsEngine { get; }
}

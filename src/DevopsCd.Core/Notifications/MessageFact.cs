namespace DevopsCd.Core.Notifications;

/// <summary>A labelled line. The value is raw text of people and programs: every channel must escape it.</summary>
internal sealed record MessageFact(string Label, string Value);

namespace DevopsCd.Core.Access;

/// <summary>Names of projects that mean something to the program.</summary>
internal static class Projects
{
    /// <summary>Every project, also those that come later.</summary>
    public const string All = "*";

    /// <summary>What belongs to no other project.</summary>
    public const string Default = Application.DefaultProject;
}

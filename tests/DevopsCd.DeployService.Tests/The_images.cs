using System.Text.RegularExpressions;
using System.Xml.Linq;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests;

/// <summary>The Dockerfiles, read: there is no engine that could build them where the tests run.</summary>
public sealed partial class The_images
{
    [Theory]
    [InlineData("Host")]
    [InlineData("DeployService")]
    public async Task Are_given_every_file_that_the_program_is_built_from(string name)
    {
        var image = await ContainerImage.ReadAsync(name);
        var ignored = await File.ReadAllLinesAsync(Repository.PathTo("infra", "docker", $"{name}.Dockerfile.dockerignore"));

        var needed = Folders(Repository.PathTo("src", $"DevopsCd.{name}", $"DevopsCd.{name}.csproj")).Distinct(StringComparer.Ordinal).ToList();

        needed.ShouldContain("src/Shared");
        foreach (var folder in needed)
            image.Copied.ShouldContain(copied => IsBelow(folder, copied), $"{name}.Dockerfile copies {string.Join(", ", image.Copied)}");
        foreach (var copied in image.Copied)
            ignored.ShouldContain(line => line.StartsWith('!') && IsBelow(copied, line.Substring(1)), $"{copied} is kept from the build by .dockerignore");
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("DeployService")]
    public async Task Begin_from_what_is_named_by_its_digest(string name)
    {
        var text = await File.ReadAllTextAsync(Repository.PathTo("infra", "docker", $"{name}.Dockerfile"));

        var image = await ContainerImage.ReadAsync(name);

        image.Stages.ShouldBe(["${SDK_IMAGE} AS build", "${RUNTIME_IMAGE}"]);
        Digest().Count(text).ShouldBe(2);
        image.User.ShouldBe("$APP_UID", "the base image's user, 1654");
    }

    private static bool IsBelow(string path, string folder) =>
        path == folder.TrimEnd('/') || path.StartsWith($"{folder.TrimEnd('/')}/", StringComparison.Ordinal) || folder is "./";

    /// <summary>The folders of a project and of those it refers to, and whatever they name outside of them, from the top of the tree.</summary>
    private static IEnumerable<string> Folders(string project)
    {
        var home = Path.GetDirectoryName(project)!;
        yield return Relative(home);
        foreach (var item in XDocument.Load(project).Descendants())
        {
            if (item.Attribute("Include")?.Value is not ['.', '.', '/', ..] outside)
                continue;
            var path = Path.GetFullPath(Path.Combine(home, outside));
            if (item.Name.LocalName != "ProjectReference")
                yield return Relative(Path.GetDirectoryName(path)!);
            else
                foreach (var folder in Folders(path))
                    yield return folder;
        }
    }

    private static string Relative(string path) => Path.GetRelativePath(Repository.PathTo(), path);

    [GeneratedRegex(@"^ARG (SDK|RUNTIME)_IMAGE=[^@\s]+@sha256:[0-9a-f]{64}$", RegexOptions.Multiline)]
    private static partial Regex Digest();
}

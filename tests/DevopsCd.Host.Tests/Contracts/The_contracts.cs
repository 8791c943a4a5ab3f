using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.MessageContracts;
using MassTransit.Serialization;
using NJsonSchema;

namespace DevopsCd.Host.Tests.Contracts;

public sealed class The_contracts
{
    public static TheoryData<string> Names => [.. ContractCatalogue.Public.Select(c => c.Name)];

    public static TheoryData<string, string> Samples => new(
        from folder in Directory.GetDirectories(Path.Combine(ContractFiles.Folder, "samples"))
        from file in Directory.GetFiles(folder)
        select (Path.GetFileName(folder), Path.GetFileNameWithoutExtension(file)));

    [Fact]
    public void Are_all_in_the_catalogue()
    {
        // What is only a part of messages, or an HTTP body, is no message of its own.
        var messages = typeof(ApproveBatch).Assembly.GetExportedTypes()
            .Where(t => t is { IsClass: true, Namespace: "DevopsCd.Contracts" } && t.GetMethod("<Clone>$") is not null && t != typeof(ReleaseItem));

        ContractCatalogue.All.Select(c => c.Type).ShouldBe(messages, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Have_their_schema_committed(string name) =>
        ContractFiles.ShouldHold($"schemas/{name}.json", SchemaWriter.Write(ContractCatalogue.ByName(name)!));

    [Fact]
    public void Have_their_AsyncAPI_document_committed() => ContractFiles.ShouldHold("asyncapi.json", AsyncApiWriter.Write());

    [Fact]
    public void Have_their_catalogue_committed() =>
        ContractFiles.ShouldHold("README.md", CatalogueWriter.Write(ContractFiles.Read("README.md")));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Have_an_example_that_fits_the_schema(string name)
    {
        var schema = await JsonSchema.FromJsonAsync(SchemaWriter.Write(ContractCatalogue.ByName(name)!), TestContext.Current.CancellationToken);

        var errors = schema.Validate(ContractFiles.Read($"examples/{name}.json"));

        errors.ShouldBeEmpty();
        using var example = JsonDocument.Parse(ContractFiles.Read($"examples/{name}.json"));
        var unknown = example.RootElement.EnumerateObject().Select(p => p.Name).Except(schema.Properties.Keys);
        unknown.ShouldBeEmpty("an example shows what exists");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Have_a_schema_that_misses_what_the_reader_misses(string name)
    {
        var contract = ContractCatalogue.ByName(name)!;
        var schema = await JsonSchema.FromJsonAsync(SchemaWriter.Write(contract), TestContext.Current.CancellationToken);
        using var nothing = JsonDocument.Parse("{}");

        var missing = Should.Throw<MessageRefusedException>(() => ContractReader.Read(contract.Type, nothing.RootElement)).Fields.Select(f => f.Path);

        schema.Validate("{}").Select(e => e.Property!).ShouldBe(missing, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Still_read_what_a_released_version_wrote(string version, string name)
    {
        var contract = ContractCatalogue.ByName(name).ShouldNotBeNull($"{version} had a message {name}, which is gone");
        using var sample = JsonDocument.Parse(ContractFiles.Read($"samples/{version}/{name}.json"));

        var read = ContractReader.Read(contract.Type, sample.RootElement);
        var enveloped = sample.RootElement.Deserialize(contract.Type, SystemTextJsonMessageSerializer.Options);

        // Nothing the old version said may be lost: every field comes back with its value.
        JsonSerializer.Serialize(read, contract.Type).ShouldBe(JsonSerializer.Serialize(enveloped, contract.Type));
        var again = JsonSerializer.SerializeToElement(read, contract.Type, ContractReader.Options);
        foreach (var field in sample.RootElement.EnumerateObject())
            JsonElement.DeepEquals(again.GetProperty(field.Name), field.Value).ShouldBeTrue($"{name}.{field.Name}");
    }
}

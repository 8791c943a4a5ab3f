using System.Net;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_refusal_in_Chinese(ApiHost host)
{
    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "不存在", "没有批次 999999999。")]
    [InlineData("de,zh;q=0.5,en;q=0.3", "不存在", "没有批次 999999999。")]
    [InlineData("en,zh;q=0.5", "Not found", "There is no batch 999999999.")]
    [InlineData(";;=", "Not found", "There is no batch 999999999.")]
    public async Task Is_said_where_the_reader_prefers_it(string languages, string title, string detail)
    {
        var refused = (await Ask(HttpMethod.Get, "/api/v1/batches/999999999", null, languages)).ShouldBeProblem(HttpStatusCode.NotFound);

        (refused.Json.GetProperty("title").GetString(), refused.Json.GetProperty("detail").GetString()).ShouldBe((title, detail));
        refused.Json.GetProperty("type").GetString().ShouldBe("urn:devopscd:not-found", "programs go by the type");
    }

    [Fact]
    public async Task Says_what_is_wrong_with_each_field()
    {
        var refused = (await Ask(HttpMethod.Post, "/api/v1/applications", new { name = "a b", repository = "nowhere" })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity);

        refused.Json.GetProperty("errors").GetProperty("name")[0].GetString().ShouldBe("“a b”须为 1 到 100 个字母、数字或 . _ -");
        refused.Json.GetProperty("detail").GetString().ShouldStartWith("name: “a b”");
    }

    [Fact]
    public async Task Names_the_state_and_the_event_of_a_batch_as_the_pages_do()
    {
        var batch = await host.Batch();

        var refused = (await Ask(HttpMethod.Post, $"/api/v1/batches/{batch}/events/final_accept", new { })).ShouldBeProblem(HttpStatusCode.Conflict);

        refused.Json.GetProperty("detail").GetString().ShouldBe("状态“待审核”下不能最终验收");
        refused.Json.GetProperty("stateName").GetString().ShouldBe("PendingApproval");
    }

    [Theory]
    [InlineData("/api/v1/nowhere", HttpStatusCode.NotFound, "没有此地址；/openapi/v1.json 列出了现有地址。")]
    [InlineData("/api/v1/batches?no=1", HttpStatusCode.BadRequest, "no: 此处未知")]
    public async Task Is_said_of_what_reaches_no_handler_too(string path, HttpStatusCode status, string detail) =>
        (await Ask(HttpMethod.Get, path, null)).ShouldBeProblem(status).Json.GetProperty("detail").GetString().ShouldStartWith(detail);

    private Task<Reply> Ask(HttpMethod method, string path, object? body, string languages = "zh") =>
        host.Send(method, path, body, headers: ("Accept-Language", languages));
}

using System.Diagnostics;
using System.Net;
using DevopsCd.Host.Tests.Api;
using DevopsCd.Testing.Hosting;
using static DevopsCd.Host.Tests.Access.PasswordHost;

namespace DevopsCd.Host.Tests.Access;

public sealed class People_who_log_in(PasswordHost host) : IClassFixture<PasswordHost>
{
    /// <summary>Every page of logging in: what a browser asks for first is what it gets, whatever goes wrong on the way.</summary>
    [Fact]
    public async Task Are_spoken_to_in_the_language_of_their_browser()
    {
        using var nobody = host.NewClient();
        using var ann = await host.LoggedIn(await host.Account());
        using var root = await host.LoggedIn();
        var link = (await Post(root, "access/accounts", new { name = $"p{Guid.NewGuid():N}"[..12] })).Json.GetProperty("path").GetString()!;
        (HttpClient Http, string Path, (string, string)[]? Form, string Chinese, string English)[] pages =
        [
            (nobody, "/login", null, "验证码（如已启用身份验证器）", "Code, if you use an authenticator"),
            (nobody, "/login", [("name", "root"), ("password", "wrong")], "名称、密码或验证码错误", "The name, the password or the code is wrong"),
            (nobody, link, null, "密码（至少 12 个字符）", "Password, at least 12 characters"),
            (nobody, "/setup", [("token", link.Split('=')[1]), ("password", "short"), ("again", "short")], "密码至少需要 12 个字符。", "Passwords must be at least 12 characters."),
            (nobody, "/setup?token=used", null, "链接已使用、已过期", "The link has been used"),
            (ann, "/login?return=/batches", null, "您已登录为", "You are logged in as"),
            (ann, "/device", null, "程序显示的代码", "The code that the program shows"),
            (ann, "/device", [("code", "BCDF-GHJK")], "没有程序在等待此代码", "No program waits with this code"),
            (ann, "/account/authenticator", null, "然后输入它显示的验证码", "then type the code that it shows"),
            (ann, "/account/authenticator", [("code", "000000")], "每 30 秒变化一次", "It changes every 30 seconds")
        ];

        foreach (var (http, path, form, chinese, english) in pages)
            foreach (var (accepted, code, expected) in (IEnumerable<(string, string, string)>)
                [("zh-CN,zh;q=0.9,en;q=0.8", "zh", chinese), ("en-GB,zh;q=0.5", "en", english), ("fr", "en", english)])
            {
                using var request = new HttpRequestMessage(form is null ? HttpMethod.Get : HttpMethod.Post, path);
                request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
                request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
                request.Content = form is null ? null : new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
                using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
                var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                text.ShouldContain(expected);
                text.ShouldContain($"<html lang=\"{code}\">");
            }
    }

    [Fact]
    public async Task Are_known_by_their_session_until_they_log_out()
    {
        using var ann = await host.LoggedIn();

        (await Get(ann, "access/me")).Json.GetProperty("subject").GetString().ShouldBe("user:root");
        (await Post(ann, "applications", new { name = ApiHost.Name() })).Status.ShouldBe(HttpStatusCode.Created);
        var copied = Jar(ann).Jar;
        (await Post(ann, "access/logout", null)).Status.ShouldBe(HttpStatusCode.NoContent);

        using var thief = host.NewClient();
        Jar(thief).Jar = copied;
        (await Get(thief, "access/me")).ShouldBeProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Get_a_cookie_for_this_host_alone_that_no_script_reads()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = host.Process.BaseUrl };
        using var answer = await http.PostAsync("api/v1/access/login", System.Net.Http.Json.JsonContent.Create(new
        {
            name = "root",
            password = Password
        }), TestContext.Current.CancellationToken);

        var cookie = answer.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();

        cookie.ShouldStartWith("__Host-devopscd=");
        foreach (var part in (string[])["secure", "httponly", "samesite=lax", "path=/"])
            cookie.ShouldContain($"; {part}");
        cookie.ShouldNotContain("domain", Case.Insensitive);
    }

    [Theory]
    [InlineData("GET", "batches")]
    [InlineData("POST", "batches")]
    [InlineData("POST", "builds")]
    [InlineData("POST", "deployments/x/report")]
    [InlineData("GET", "access/me")]
    [InlineData("GET", "access/accounts")]
    public async Task Alone_get_an_answer(string method, string path)
    {
        using var nobody = host.NewClient();

        var reply = await Send(nobody, new HttpMethod(method), path, method == "POST" ? new { } : null);

        reply.ShouldBeProblem(HttpStatusCode.Unauthorized).Json.GetProperty("type").GetString().ShouldBe("urn:devopscd:login-required");
    }

    [Fact]
    public async Task Are_who_they_are_whatever_a_header_says()
    {
        using var nobody = host.NewClient();
        using var ann = await host.LoggedIn();

        foreach (var http in (HttpClient[])[nobody, ann])
            (await Get(http, "batches", ("X-Operator", "root"))).ShouldExplain(HttpStatusCode.BadRequest, "X-Operator");
    }

    [Theory]
    [InlineData("Origin", "https://attacker.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("X-Nothing", "said")]
    public async Task Change_nothing_for_a_page_of_another_site(string header, string value)
    {
        using var ann = await host.LoggedIn();
        var name = ApiHost.Name();

        (await Post(ann, "applications", new { name }, (header, value))).ShouldBeProblem(HttpStatusCode.Forbidden);

        (await Get(ann, $"applications/{name}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Do_not_take_over_a_session_that_somebody_planted()
    {
        var other = await host.Account();
        using var attacker = await host.LoggedIn(other);
        using var victim = host.NewClient();
        Jar(victim).Jar = Jar(attacker).Jar;

        (await Post(victim, "access/login", new { name = "root", password = Password })).Status.ShouldBe(HttpStatusCode.NoContent);

        Jar(victim).Jar.ShouldNotBe(Jar(attacker).Jar);
        (await Get(attacker, "access/me")).Json.GetProperty("subject").GetString().ShouldBe($"user:{other}");
        (await Get(victim, "access/me")).Json.GetProperty("subject").GetString().ShouldBe("user:root");
    }

    [Fact]
    public async Task Do_not_learn_which_accounts_exist_from_words_or_time()
    {
        var known = await host.Account();
        using var http = host.NewClient();
        async Task<(Reply Reply, TimeSpan Took)> Try(string name)
        {
            var started = Stopwatch.GetTimestamp();
            return (await Post(http, "access/login", new { name, password = "not the password" }), Stopwatch.GetElapsedTime(started));
        }

        var (there, nobody) = (await Try(known), await Try("somebody-else"));

        static string Said(Reply reply) => System.Text.RegularExpressions.Regex.Replace(reply.Text, "\"traceId\":\"[^\"]*\"", "");
        there.Reply.ShouldBeProblem(HttpStatusCode.Unauthorized);
        Said(there.Reply).ShouldBe(Said(nobody.Reply));
        // Every failure takes a whole number of half seconds.
        foreach (var took in (TimeSpan[])[there.Took, nobody.Took])
            took.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(490));
    }

    [Fact]
    public async Task Are_locked_out_after_ten_wrong_passwords_without_being_told()
    {
        var name = await host.Account();
        using var http = host.NewClient();
        for (var i = 0; i < 10; i++)
            (await Post(http, "access/login", new { name, password = "not the password" })).Status.ShouldBe(HttpStatusCode.Unauthorized);

        (await Post(http, "access/login", new
        {
            name,
            password = Password
        })).ShouldBeProblem(HttpStatusCode.Unauthorized).Json.GetProperty("type").GetString().ShouldBe("urn:devopscd:login-failed");

        using var root = await host.LoggedIn();
        (await Get(root, "access/accounts")).Json.GetProperty("items").EnumerateArray().Single(a =>
            a.GetProperty("name").GetString() == name).TryGetProperty("lockedUntil", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Are_slowed_down_after_many_attempts_on_one_name()
    {
        using var http = host.NewClient();
        var name = $"nobody-{Guid.NewGuid():N}";

        // A few at once: more of them would wait for a place, and be told that the service has too much to do.
        var replies = new List<Reply>();
        for (var wave = 0; wave < 10; wave++)
            replies.AddRange(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Post(http, "access/login", new { name, password = "not the password" }))));

        replies.Count(r => r.Status == HttpStatusCode.TooManyRequests).ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData("https://attacker.example/", "/")]
    [InlineData("//attacker.example/", "/")]
    [InlineData("/\\attacker.example/", "/")]
    [InlineData("/%09/attacker.example", "/%09/attacker.example")]
    [InlineData("/\t/attacker.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/batches/1?a=b", "/batches/1?a=b")]
    public async Task Are_led_to_no_other_host_after_it(string wanted, string led)
    {
        using var http = host.NewClient();

        using var answer = await http.PostAsync("login", new FormUrlEncodedContent([new("name", "root"), new("password", Password), new("return",
            wanted)]), TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.OriginalString.ShouldBe(led);
    }

    [Theory]
    [InlineData("//api/v1/batches")]
    [InlineData("/api//v1/batches")]
    [InlineData("/api/v1//batches")]
    [InlineData("/API/V1/BATCHES")]
    [InlineData("/api%2fv1/batches")]
    [InlineData("/api/v1/%62atches")]
    [InlineData("/api/v1/access/login/../../batches")]
    [InlineData("/login/../api/v1/batches")]
    [InlineData("/api/v1/batches/")]
    [InlineData("/api/v1/batches;a=b")]
    [InlineData("/api/v1/access/..%2fbatches")]
    public async Task Are_asked_for_by_every_spelling_of_an_address(string path)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(host.Process.BaseUrl.Host, host.Process.BaseUrl.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);

        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        answer.ShouldMatch("^HTTP/1.1 (401|404)");
        answer.ShouldNotContain("\"items\"");
    }

    [Fact]
    public async Task Leave_no_password_in_the_log_or_the_database()
    {
        using var http = host.NewClient();
        await Post(http, "access/login", new { name = "root", password = "a-password-that-is-wrong" });

        host.Process.LogTail.ShouldNotContain(Password);
        host.Process.LogTail.ShouldNotContain("a-password-that-is-wrong");
        host.Process.LogTail.ShouldContain("login_failed user:root");
        foreach (var file in Directory.GetFiles(Path.Combine(host.Process.Folder, "data"), "*.db*").Where(file =>
            !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(open, System.Text.Encoding.Latin1);
            (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldNotContain(Password);
        }
    }

    [Fact]
    public async Task Who_are_no_administrators_manage_no_accounts()
    {
        using var ann = await host.LoggedIn(await host.Account());

        foreach (var (method, path) in ((string, string)[])[("GET", "access/accounts"), ("POST", "access/accounts"), ("DELETE", "access/accounts/root")])
            (await Send(ann, new HttpMethod(method), path, method == "POST" ? new { name = "x" } : null, ("Sec-Fetch-Site",
                "same-origin"))).ShouldBeProblem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Are_out_at_once_when_their_account_is_removed()
    {
        var name = await host.Account();
        using var ann = await host.LoggedIn(name);
        using var root = await host.LoggedIn();

        (await Send(root, HttpMethod.Delete, $"access/accounts/{name}", null, ("Sec-Fetch-Site", "same-origin"))).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Get(ann, "access/me")).ShouldBeProblem(HttpStatusCode.Unauthorized);
        (await Send(root, HttpMethod.Delete, "access/accounts/root", null, ("Sec-Fetch-Site", "same-origin"))).ShouldExplain(HttpStatusCode.Conflict,
            "last account");
    }

    private static Cookies Jar(HttpClient http) => (Cookies)typeof(HttpMessageInvoker).GetField("_handler",
        System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(http)!;
}

namespace DevopsCd.Host.Tests.Access;

/// <summary>What plain HTTP does not show: which cookies Chromium keeps and sends between two sites, and what the pages' policy lets it do.</summary>
public sealed class A_login_in_a_real_browser(ProviderHost host) : IClassFixture<ProviderHost>
{
    [Fact]
    public async Task Goes_to_the_provider_and_back_and_out_of_both()
    {
        var name = await host.Person("staff");
        await using var chromium = await Chromium.Start();

        await chromium.Go(host.At("login"));
        await chromium.Until("document.querySelector('a[role=button]') !== null", "the login page links to the provider");
        (await chromium.Sees("getComputedStyle(document.body).maxWidth")).ShouldBe("384px", "the policy allows the page's own style");
        await chromium.Sees("document.querySelector('a[role=button]').click()");
        await chromium.Until("document.querySelector('input[name=login]') !== null", "the provider asks who it is");
        await chromium.Sees($"(document.querySelector('input[name=login]').value = '{name}', document.querySelector('button').click())");
        await chromium.Until($"document.querySelector('header .who')?.innerText.includes('{name}') === true", "it is back and logged in");
        (await chromium.Sees("document.cookie")).ShouldBe("", "no script sees the session");

        await chromium.Sees("document.querySelector('form[action=\"/logout\"] button').click()");
        await chromium.Until("document.querySelector('button[name=logout]') !== null", "the provider asks whether to log out there too");
        await chromium.Sees("document.querySelector('button[name=logout]').click()");
        await chromium.Until("document.location.pathname === '/login' && document.querySelector('a[role=button]') !== null", "it is back at the login");
    }
}

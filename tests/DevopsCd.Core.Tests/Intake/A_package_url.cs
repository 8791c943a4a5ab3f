using DevopsCd.Core.CdEvents;

namespace DevopsCd.Core.Tests.Intake;

public sealed class A_package_url
{
    [Theory]
    [InlineData("registry.example:5000/shop/Order", "1.4", "sha256:ab", "pkg:oci/order@sha256%3Aab?repository_url=registry.example%3A5000/shop/Order&tag=1.4")]
    [InlineData("registry.example/shop/order", null, null, "pkg:oci/order?repository_url=registry.example/shop/order")]
    [InlineData("registry.example/shop/order", "1+2", null, "pkg:oci/order?repository_url=registry.example/shop/order&tag=1%2B2")]
    public void Is_read_as_it_was_written(string image, string? tag, string? digest, string text)
    {
        PackageUrl.Of(image, tag, digest).ToString().ShouldBe(text);
        PackageUrl.Parse(text).ShouldBe(PackageUrl.Of(image, tag, digest));
    }

    [Fact]
    public void Names_no_repository_where_the_image_has_none() => PackageUrl.Of("order", "1", null).ToString().ShouldBe("pkg:oci/order?tag=1");
}

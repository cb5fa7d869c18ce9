using AccountGrid.Testing;
using Prometheus;

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>Documents that must not replace good keys, and how often some were read.</summary>
public static class KeyDocuments
{
    /// <summary>Documents, each with what the log says of it.</summary>
    public static TheoryData<string, string> Bad => new()
    {
        { """{"keys":[]}""", "the key set has no keys" },
        { "{}", "the key set has no keys" },
        { """{"keys":[{"kty":"oct","kid":"mac","k":"c2VjcmV0"}]}""", "'mac' is of a kty or crv that is not accepted" },
        { """{"keys":[{"kty":"RSA","kid":"rsa","n":"AQAB","e":"AQAB"}]}""", "'rsa' is an RSA key of fewer" },
        { "{ not a key set", "it is not a JSON Web Key Set" },
        { "<html>Service unavailable</html>", "it is not a JSON Web Key Set" },
        { "null", "it is not a JSON Web Key Set" },
        { "", "it is not a JSON Web Key Set" },
    };

    /// <summary>The counter of readings. Other tests count too, so only its growth says something.</summary>
    public static async Task<double> CountAsync(string outcome)
    {
        using var text = new MemoryStream();
        await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        return new Exposition(System.Text.Encoding.UTF8.GetString(text.ToArray()))
            [$"accountgrid_gateway_key_readings_total{{outcome=\"{outcome}\"}}"];
    }
}

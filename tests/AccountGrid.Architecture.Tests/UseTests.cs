namespace AccountGrid.Architecture.Tests;

public sealed class UseTests
{
    public sealed class MisplacedTypes
    {
        [Theory]
        [InlineData("a/Order.cs", "public class Order;", 0)]
        [InlineData("a/Order.Lines.cs", "public partial class Order;", 0)]
        [InlineData("a/Order.cs", "public record Order<T>(T Of);", 0)]
        [InlineData("a/Order.cs", "public class Order { public class Line; }", 0)]
        [InlineData("a/Order.cs", "public class Order; internal class Lines;", 0)]
        [InlineData("a/Order.cs", "public class Order; public enum OrderState { Open }", 1)]
        [InlineData("a/Orders.cs", "namespace A; public interface IOrder;", 1)]
        [InlineData("a/Orders.cs", "namespace A { public delegate void Ordered(); }", 1)]
        public void A_public_type_in_another_file_than_its_own_is_found(string path, string text, int expected) =>
            Assert.Equal(expected, Use.MisplacedTypes(path, text).Count());
    }

    public sealed class UnusedSources
    {
        [Theory]
        [InlineData("class Used;")]
        [InlineData("static class Methods { public static void Used(this int x) { } }")]
        [InlineData("class OrderGrain : Grain;")]
        [InlineData("[RegisterConverter] class Converter;")]
        [InlineData("[assembly: A]")]
        [InlineData("class MarkAttribute : Attribute;")]
        public void What_is_named_or_found_by_a_framework_is_used(string text) => Assert.Equal(["b.cs"], Unused(text));

        [Theory]
        [InlineData("class Unused;")]
        [InlineData("class Unused { Unused Other() => this; }")]
        [InlineData("static class Methods { public static void Unused(this int x) { } }")]
        public void What_only_its_own_file_names_is_found(string text) => Assert.Equal(["a.cs", "b.cs"], Unused(text));

        private static IEnumerable<string> Unused(string text) =>
            Use.UnusedSources(new Dictionary<string, string>
            {
                ["a.cs"] = text,
                ["b.cs"] = "class Program { [Mark] static void Main() => new Used().Used(); }",
            });
    }

    public sealed class UnusedFiles
    {
        [Theory]
        [InlineData("grains/A/Schema/one.sql", "grains/A/A.csproj", "<EmbeddedResource Include=\"Schema/*.sql\" />", 0)]
        [InlineData("grains/A/Schema/one.sql", "grains/B/B.csproj", "<EmbeddedResource Include=\"Schema/*.sql\" />", 1)]
        [InlineData("deploy/a/rules.yml", "deploy/a/prometheus.yml", "- rules.yml", 0)]
        [InlineData("deploy/a/rules.yml", "deploy/a/prometheus.yml", "- other.yml", 1)]
        [InlineData("docs/one.md", "README.md", "[one](docs/one.md#two)", 0)]
        [InlineData("docs/one.md", "README.md", "docs/one.md", 1)]
        [InlineData("README.md", "a.cs", "", 0)]
        [InlineData("grains/A/packages.lock.json", "a.cs", "", 0)]
        public void A_file_that_no_other_names_is_found(string file, string other, string text, int expected) =>
            Assert.Equal(
                expected,
                Use.UnusedFiles(new Dictionary<string, string> { [file] = "", [other] = text }).Count(f => f == file));
    }
}

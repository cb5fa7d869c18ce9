namespace AccountGrid.Architecture.Tests;

public sealed class MarkdownTests
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["README.md"] = "# Start\n",
        ["docs/a.md"] = "# The *first* `Word`: here, [now](../README.md)\n## Again\n## Again\n```\n# Code\n```\n",
        ["docs"] = "",
    };

    [Theory]
    [InlineData("docs/a.md", "../README.md")]
    [InlineData("docs/a.md", "../README.md#start")]
    [InlineData("README.md", "docs")]
    [InlineData("README.md", "docs/a.md#the-first-word-here-now")]
    [InlineData("README.md", "docs/a.md#again-1")]
    [InlineData("docs/a.md", "#again")]
    [InlineData("README.md", "https://example.org/#nowhere")]
    public void A_link_that_leads_somewhere_is_fine(string from, string target) =>
        Assert.Empty(Broken(from, $"See [this]({target})."));

    [Theory]
    [InlineData("docs/a.md", "README.md")]
    [InlineData("README.md", "docs/a.md#code")]
    [InlineData("README.md", "docs/a.md#again-2")]
    [InlineData("docs/a.md", "#nowhere")]
    public void A_link_that_leads_nowhere_is_found(string from, string target) =>
        Assert.Single(Broken(from, $"See [this]({target})."));

    [Fact]
    public void Links_in_code_are_no_links() => Assert.Empty(Broken("README.md", "`[a](b)`\n```\n[a](b)\n```"));

    private static IEnumerable<string> Broken(string from, string link) =>
        Markdown.BrokenLinks(
            from, Files[from] + link, path => path == from ? Files[from] + link : Files.GetValueOrDefault(path));
}

namespace AccountGrid.Architecture.Tests;

public sealed class DependencyTests
{
    public static TheoryData<string> Projects => [.. Repository.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_project_knows_only_whom_it_may(string project)
    {
        var found = Dependencies.Violations(project, Dependencies.ReferencesOf(project));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    public sealed class Can_fail
    {
        [Theory]
        [InlineData("AccountGrid.Domain", "AccountGrid.Application")]
        [InlineData("AccountGrid.Domain", "Orleans.Core")]
        [InlineData("AccountGrid.Domain", "Microsoft.Extensions.Logging.Abstractions")]
        [InlineData("AccountGrid.KeyFiles", "AccountGrid.Domain")]
        [InlineData("AccountGrid.KeyFiles", "Microsoft.IdentityModel.Tokens")]
        [InlineData("AccountGrid.Application", "Orleans.Core.Abstractions")]
        [InlineData("AccountGrid.Application", "AccountGrid.Storage.Sqlite")]
        [InlineData("AccountGrid.Grains.Abstractions", "AccountGrid.Application")]
        [InlineData("AccountGrid.Grains", "AccountGrid.Storage.Sqlite")]
        [InlineData("AccountGrid.Grains", "AccountGrid.Gateway")]
        [InlineData("AccountGrid.Storage", "AccountGrid.Storage.Sqlite")]
        [InlineData("AccountGrid.Storage", "Npgsql")]
        [InlineData("AccountGrid.Storage.Sqlite", "AccountGrid.Grains")]
        [InlineData("AccountGrid.Storage.Sqlite", "Orleans.Runtime")]
        [InlineData("AccountGrid.Storage.Sqlite", "Npgsql")]
        [InlineData("AccountGrid.Storage.Postgres", "AccountGrid.Storage.Sqlite")]
        [InlineData("AccountGrid.Storage.Postgres", "AccountGrid.Grains")]
        [InlineData("AccountGrid.Storage.Postgres", "Orleans.Runtime")]
        [InlineData("AccountGrid.Storage.Postgres", "Microsoft.Data.Sqlite")]
        [InlineData("AccountGrid.Gateway", "AccountGrid.Application")]
        [InlineData("AccountGrid.Gateway", "AccountGrid.Grains")]
        [InlineData("AccountGrid.Gateway", "AccountGrid.Storage.Sqlite")]
        [InlineData("AccountGrid.OpenApi", "AccountGrid.Gateway")]
        [InlineData("AccountGrid.JsonContract", "AccountGrid.Gateway")]
        [InlineData("AccountGrid.Telemetry", "AccountGrid.Gateway")]
        [InlineData("AccountGrid.Gateway.Host", "AccountGrid.Grains")]
        [InlineData("AccountGrid.Gateway.Host", "AccountGrid.Storage.Postgres")]
        [InlineData("AccountGrid.Client", "AccountGrid.Domain")]
        [InlineData("AccountGrid.Client", "Orleans.Core")]
        [InlineData("AccountGrid.Cli", "AccountGrid.Silo")]
        [InlineData("AccountGrid.Silo", "accountgrid")]
        public void A_reference_in_the_wrong_direction_is_found(string project, string reference) =>
            Assert.Equal(
                [$"{project} must not know {reference}"],
                Dependencies.Violations(project, ["System.Runtime", reference]));

        [Fact]
        public void A_project_without_a_line_in_the_table_is_found() =>
            Assert.Single(Dependencies.Violations("AccountGrid.Novelty", []));

        [Fact]
        public void References_are_really_read()
        {
            Assert.Contains("AccountGrid.Domain", Dependencies.ReferencesOf("AccountGrid.Application"));
            Assert.Contains("System.Runtime", Dependencies.ReferencesOf("AccountGrid.Domain"));
            Assert.Contains("Microsoft.CodeAnalysis", Dependencies.ReferencesOf("AccountGrid.Architecture.Tests"));
        }

        [Fact]
        public void The_projects_are_really_found() =>
            Assert.Superset(
                new HashSet<string> { "AccountGrid.Domain", "AccountGrid.Silo", "AccountGrid.Cli" },
                Repository.Projects.ToHashSet());
    }
}

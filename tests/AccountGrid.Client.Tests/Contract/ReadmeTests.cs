using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.DependencyInjection;

namespace AccountGrid.Client.Tests;

/// <summary>What the samples of the README find round them.</summary>
/// <param name="Address">Where the silo is.</param>
/// <param name="Identity">Where tokens come from.</param>
/// <param name="Client">A client of the role service.</param>
/// <param name="Kim">A client of the role support.</param>
/// <param name="Services">A container.</param>
public sealed record SampleWorld(
    Uri Address, SampleIdentity Identity, AccountGridClient Client, AccountGridClient Kim, IServiceCollection Services);

/// <summary>Stands for whatever gives out tokens.</summary>
public sealed class SampleIdentity(Func<string> token)
{
    public Task<(string Token, DateTimeOffset ExpiresAt)> GetTokenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult((token(), TimeProvider.System.GetUtcNow().AddHours(1)));
    }
}

public static partial class ReadmeTests
{
    [Collection(nameof(SiloFixture))]
    public sealed class The_samples(SiloFixture fixture)
    {
        [Fact]
        public async Task Compile_and_run_one_after_the_other()
        {
            var samples = SamplesOf(
                await File.ReadAllTextAsync(
                    Path.Combine(AppContext.BaseDirectory, "README.md"), TestContext.Current.CancellationToken));
            Assert.True(samples.Count >= 8, "The samples were not found.");
            var assembly = Compile(samples);
            using var client = fixture.Silo.Network();
            using var kim = client.With(fixture.Silo.Tokens("kim", "support"));
            var services = new ServiceCollection();
            var world = new SampleWorld(fixture.Silo.Process.Grpc,
                new SampleIdentity(() => fixture.Silo.Process.Token("network", "service")), client, kim, services);
            foreach (var method in assembly.GetType("Samples", throwOnError: true)!.GetMethods(
                BindingFlags.Static | BindingFlags.Public))
            {
                await (Task)method.Invoke(null, [world, TestContext.Current.CancellationToken])!;
            }

            // What the first of them put together works.
            await using var provider = services.BuildServiceProvider();
            Assert.True(await provider.GetRequiredService<AccountStatusCache>()
                .IsActiveAsync(25073877, TestContext.Current.CancellationToken));
        }

        private static Assembly Compile(IReadOnlyList<string> samples)
        {
            var compilation = CSharpCompilation.Create(
                "AccountGrid.Client.Samples",
                [CSharpSyntaxTree.ParseText(Program(samples), new CSharpParseOptions(LanguageVersion.Latest))],
                References(),
                new CSharpCompilationOptions(
                    OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
            using var image = new MemoryStream();
            var result = compilation.Emit(image);
            Assert.True(result.Success,
                string.Join('\n', result.Diagnostics.Where(static d => d.Severity >= DiagnosticSeverity.Warning)));
            return Assembly.Load(image.ToArray());
        }

        // Each sample is the body of a method; the lines before it are what the README takes for granted.
        private static string Program(IReadOnlyList<string> samples) => $$"""
            using System;
            using System.Collections.Generic;
            using System.Linq;
            using System.Threading;
            using System.Threading.Tasks;
            using AccountGrid.Client;
            using AccountGrid.Client.Tests;
            using AccountGrid.V1;
            using Microsoft.Extensions.DependencyInjection;

            public static class Samples
            {
            {{string.Concat(samples.Select(Method))}}
            }
            """;

        private static string Method(string sample, int number) => $$"""
            public static async Task Sample{{number:D2}}(SampleWorld world, CancellationToken cancellationToken)
            {
                var (address, identity, {{(sample.Contains("using var client", StringComparison.Ordinal) ? "_" : "client")}}, kim, services) = world;
                long? lastPosition = 0;
                {{sample}}
                await Task.CompletedTask;
            }

            """;

        private static ImmutableArray<MetadataReference> References() =>
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(static f => File.Exists(f)).Select(
                    static f => (MetadataReference)MetadataReference.CreateFromFile(f)),
        ];
    }

    public sealed class The_options
    {
        [Fact]
        public void Stand_in_the_readme_all_of_them()
        {
            var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
            foreach (var type in new[] { typeof(AccountGridClientOptions), typeof(AccountStatusCacheOptions),
                typeof(AccountGridException) })
            {
                Assert.All(
                    type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly),
                    p => Assert.Contains(p.Name, readme, StringComparison.Ordinal));
            }
        }
    }

    private static IReadOnlyList<string> SamplesOf(string markdown) =>
        [.. Fenced().Matches(markdown).Select(static m => m.Groups[1].Value)];

    [GeneratedRegex("^```csharp\\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();
}

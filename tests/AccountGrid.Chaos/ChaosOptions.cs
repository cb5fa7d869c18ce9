using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using AccountGrid.Chaos.Clusters;
using AccountGrid.Testing;

namespace AccountGrid.Chaos;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Nemeses">Names of faults, <c>all</c> or <c>none</c>.</param>
/// <param name="Time">How long.</param>
/// <param name="Part">How long a part of the run is at most.</param>
/// <param name="Rows">How many rows of two faults; <see cref="AllRows"/> = every pair once; <c>null</c> = faults come
/// one by one.</param>
/// <param name="Seed">What is planned.</param>
/// <param name="Remote">A grid that other people run, which is used; <c>null</c> = one is started.</param>
/// <param name="ProtectedReach">Followers from which that grid protects an account.</param>
/// <param name="Busy">Cores that another process wants meanwhile; <c>null</c> = there is none.</param>
/// <param name="Keep">Where the history and what was judged are kept; <c>null</c> = only after a failure.</param>
internal sealed record ChaosArguments(
    string[] Nemeses, TimeSpan Time, TimeSpan Part, int? Rows, int Seed, RemoteGridOptions? Remote, long ProtectedReach,
    double? Busy, string? Keep)
{
    /// <summary>Every ordered pair once.</summary>
    public const int AllRows = 0;
}

/// <summary>The options of the command line, with their limits.</summary>
internal sealed class ChaosOptions
{
    private const int MaxMinutes = 24 * 60;
    private const int DefaultMinutes = 5;
    private const int MaxPartMinutes = 60;
    private const int DefaultPartMinutes = 10;
    private const int MaxRows = 10_000;
    private const string All = "all";

    private readonly Option<string[]> _nemesis =
        new("--nemesis")
        {
            Description = "What befalls the cluster: names of --list, all, or none.",
            AllowMultipleArgumentsPerToken = true,
        };
    private readonly Option<string?> _rows =
        new("--rows")
        {
            Description =
                "Strikes with two nemeses at a time: in so many rows, or, with all, until every ordered pair has "
                    + "come once.",
        };
    private readonly Option<double?> _minutes =
        new("--minutes")
        {
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"How long; default {DefaultMinutes}, with --rows as long as they take. "
                    + $"Every nemesis comes once before any comes again."),
        };
    private readonly Option<double> _part =
        new("--part-minutes")
        {
            Description = "How long a part of the run is; each has a cluster and a history of its own.",
            DefaultValueFactory = _ => DefaultPartMinutes,
        };
    private readonly Option<string?> _keep =
        new("--keep")
        {
            Description = "An empty or new directory for the history and what was judged. "
                + "Default: kept after a failure only.",
        };
    private readonly Option<string?> _judge =
        new("--judge") { Description = "Judges again what is in the directory of a failure or of --keep, and ends." };
    private readonly Option<int?> _seed =
        new("--seed") { Description = "What is planned. Default: a new one, printed." };
    private readonly Option<bool> _list = new("--list") { Description = "Says what there is, and ends." };
    private readonly Option<string?> _address =
        new("--address")
        {
            Description = "gRPC addresses of a grid that is there already, with commas; needs --token-key.",
        };
    private readonly Option<string?> _tokenKey =
        new("--token-key")
        {
            Description =
                "The private key (PEM) that tokens for --address are made with, such as a data directory's "
                    + "dev-signing-key.pem.",
        };
    private readonly Option<string> _issuer =
        new("--issuer")
        {
            Description = "The issuer in these tokens.",
            DefaultValueFactory = _ => TestTokens.DevelopmentIssuer,
        };
    private readonly Option<long> _reach =
        new("--protected-reach")
        {
            Description = "Followers from which the grid behind --address protects an account.",
            DefaultValueFactory = _ => 1_000_000,
        };
    private readonly Option<double?> _busy =
        new("--busy")
        {
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"How many cores of this host another process wants meanwhile, "
                    + $"from {HostLoad.Least} to {HostLoad.Most}. Default: none."),
        };
    private readonly Option<double?> _burn =
        new("--burn") { Description = "Is that process: wants so many cores until its input ends.", Hidden = true };

    /// <summary>Lets a command take them.</summary>
    public void AddTo(RootCommand root)
    {
        foreach (var cores in (Option[])[_busy, _burn])
        {
            Limit<double>(cores, static c => c is >= HostLoad.Least and <= HostLoad.Most,
                $"a number of cores from {HostLoad.Least} to {HostLoad.Most}");
        }

        Limit<double>(_minutes, static m => m is > 0 and <= MaxMinutes, $"above 0 and at most {MaxMinutes}");
        Limit<double>(_part, static m => m is > 0 and <= MaxPartMinutes, $"above 0 and at most {MaxPartMinutes}");
        _rows.Validators.Add(static result =>
        {
            if (!result.Tokens.All(static t => RowsIn(t.Value) is not null))
            {
                result.AddError(FormattableString.Invariant($"--rows must be {All} or a number from 1 to {MaxRows}."));
            }
        });
        _address.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && Addresses(text).Any(static a => a is null))
            {
                result.AddError(
                    "--address must be addresses such as http://127.0.0.1:5181, with commas between them.");
            }

            if (result.GetResult(_tokenKey) is null)
            {
                result.AddError("--address needs --token-key.");
            }
        });
        Option[] all =
        [
            _nemesis, _rows, _minutes, _part, _seed, _busy, _keep, _judge, _list, _address, _tokenKey, _issuer, _reach,
            _burn,
        ];
        foreach (var option in all)
        {
            root.Add(option);
        }
    }

    /// <summary>How many cores this process is to burn; <c>null</c> = none, it is the program itself.</summary>
    public double? Burns(ParseResult parsed) => parsed.GetValue(_burn);

    /// <summary>Whether only a list is wanted.</summary>
    public bool Lists(ParseResult parsed) => parsed.GetValue(_list);

    /// <summary>The directory of an earlier run to be judged; <c>null</c> = a run is wanted.</summary>
    public string? Judges(ParseResult parsed) => parsed.GetValue(_judge);

    /// <summary>What was asked for.</summary>
    public ChaosArguments Read(ParseResult parsed)
    {
        var remote = parsed.GetValue(_address) is { } addresses
            ? new RemoteGridOptions([.. Addresses(addresses).OfType<Uri>()], parsed.GetValue(_tokenKey)!,
                parsed.GetValue(_issuer)!, Environment.GetEnvironmentVariable("ACCOUNTGRID_CHAOS_POSTGRES"))
            : null;
        var rows = parsed.GetValue(_rows) is { } text ? RowsIn(text) : null;
        return new(
            parsed.GetValue(_nemesis) is { Length: > 0 } names ? names : [remote is null ? All : "none"],
            TimeSpan.FromMinutes(parsed.GetValue(_minutes) ?? (rows is null ? DefaultMinutes : MaxMinutes)),
            TimeSpan.FromMinutes(parsed.GetValue(_part)),
            rows,
            parsed.GetValue(_seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue),
            remote,
            parsed.GetValue(_reach),
            parsed.GetValue(_busy),
            parsed.GetValue(_keep));
    }

    private static int? RowsIn(string text) => text == All ? ChaosArguments.AllRows
        : !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? null
        : rows is > 0 and <= MaxRows ? rows
        : null;

    /// <summary>What cannot be read as a number is refused like a number that is too large.</summary>
    private static void Limit<T>(Option option, Func<T, bool> fits, FormattableString rule)
        where T : IParsable<T> =>
        option.Validators.Add(result =>
        {
            if (!result.Tokens.All(
                t => T.TryParse(t.Value, CultureInfo.InvariantCulture, out var value) && fits(value)))
            {
                result.AddError(FormattableString.Invariant($"{option.Name} must be {rule}."));
            }
        });

    private static IEnumerable<Uri?> Addresses(string text) => text.Split(',', StringSplitOptions.TrimEntries)
        .Select(static a =>
            Uri.TryCreate(a, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https" } ? uri : null);
}

using System.Runtime.Versioning;

// Signals, file modes and /proc: these tests look at the process as its operating system sees it.
[assembly: SupportedOSPlatform("linux")]

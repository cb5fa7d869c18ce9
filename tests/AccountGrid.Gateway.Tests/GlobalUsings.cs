global using AccountGrid.Conformance.Wire;

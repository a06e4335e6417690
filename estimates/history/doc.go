// Package history learns from completed runs how long runs take, and predicts the next one.
//
// # The model
//
// The logarithm of a duration is modelled as a sum of effects: of the method, of the
// arch, of the target on that arch, of the package, of the package on that arch, and
// of the package for that target on that arch; plus noise, whose variance differs by
// package. Every effect has a mean and a variance, its uncertainty. A completed run moves
// each effect by the share of its variance in the total (a Kalman filter with one state
// per effect), so:
//
//   - uncertain effects change most: a package new on an arch is expected to take what it
//     takes elsewhere, multiplied by the effect of the arch on others;
//   - recent runs count more, since the uncertainty of an effect grows with time;
//   - one outlier changes almost nothing, but a second one like it changes everything,
//     because it shows that the first was not an outlier.
//
// What is learnt about a method does not change packages that have been built; it is for
// those that have not. And the more often a package has been built on its arch and for its
// target, the less the uncertainty of arch and target elsewhere matters.
//
// The 80 % interval comes from how earlier runs were distributed around their expectation,
// not from a formula for noise.
//
// The package does no I/O and has no clock. It is not safe for concurrent use.
package history

// Package history learns from runs that have ended how long runs take, and tells
// what to expect of the next one.
//
// # The model
//
// The logarithm of a duration is taken for a sum of effects: of the method, of the
// arch, of the target on that arch, of the package, of the package on that arch, and
// of the package for that target on that arch; and of noise that each package has its
// own amount of. Every effect has a mean and a variance, which is how little is known
// of it. A run that ends moves each effect by the share that its variance has in the
// whole (a Kalman filter with one state per effect), so:
//
//   - what is known of little weighs little: a package new on an arch is expected to
//     take what it takes elsewhere, times what the arch makes of others;
//   - recent runs count more, since an effect that may drift is known less well the
//     longer ago it was seen;
//   - one outlier moves next to nothing, and a second one like it moves everything:
//     it was no outlier.
//
// A package that has been seen stands on its own: what is learnt of the method since is
// for those that have not. And the more often the very same has been seen, on its arch
// and for its target, the less it matters how little is known of these elsewhere.
//
// The interval that holds four runs in five is taken from how the runs before were
// spread around what was expected of them, not from a formula for noise.
//
// The package does no I/O and has no clock. It is not safe for concurrent use.
package history

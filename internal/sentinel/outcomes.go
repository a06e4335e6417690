package sentinel

// outcome is how a task has ended.
type outcome struct {
	host, pkg string
	failed    bool
}

// failing returns how many of the last packages have failed, if so many are no
// coincidence where each fails with chance p; else 0. A package that is built again and
// again counts once, as failed if it never succeeded. It looks back as far as the sign is
// the strongest, so that what was well before does not hide it.
func failing(newest []outcome, p float64) (n, failed int) {
	least := improbable
	seen := map[string]bool{} // whether the package has failed each time
	for i := range newest {
		o := &newest[i]
		before, known := seen[o.pkg]
		seen[o.pkg] = o.failed && (before || !known)
		k := 0
		for _, f := range seen {
			if f {
				k++
			}
		}
		if chance := tail(len(seen), k, p); k > 0 && chance < least {
			least, n, failed = chance, len(seen), k
		}
	}
	return n, failed
}

package content

// Current keeps, in their order, the accounts that count: of several with one
// id the active one, and of several that have ended the last.
func Current(accounts []Account) []Account {
	best := make(map[string]int, len(accounts))
	for i, a := range accounts {
		at, seen := best[a.ClientUserID]
		if !seen || a.State != Retired || accounts[at].State == Retired {
			best[a.ClientUserID] = i
		}
	}
	current := make([]Account, 0, len(best))
	for i, a := range accounts {
		if best[a.ClientUserID] == i {
			current = append(current, a)
		}
	}
	return current
}

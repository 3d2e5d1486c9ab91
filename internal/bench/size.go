package bench

import "fmt"

// Size is how much of everything there is to measure with.
type Size struct {
	Name string
	// People and DevicesEach make the roster of import.
	People, DevicesEach int
	// Group is the group that plan plans for.
	Group int
	// Mails are the sizes of the sends by mail, one after another.
	Mails []int
	// Accepted is how many invitations are delivered and accepted.
	Accepted int
	// Apple is how many people are invited and accept at Apple.
	Apple int
	// Users and Invitations fill the store for lists.
	Users, Invitations int
	// Open is how many invitations are open while nothing happens.
	Open int
}

// Sizes lists the sizes there are: small is for a quick look and for tests,
// medium for work on the code, full is what goals are set for.
func Sizes() []Size {
	return []Size{
		{Name: "small", People: 200, DevicesEach: 2, Group: 200, Mails: []int{200}, Accepted: 100, Apple: 300, Users: 1000, Invitations: 10_000, Open: 200},
		{Name: "medium", People: 10_000, DevicesEach: 2, Group: 2000, Mails: []int{5000}, Accepted: 1000, Apple: 2000, Users: 10_000, Invitations: 100_000, Open: 2000},
		{
			Name: "full", People: 100_000, DevicesEach: 2, Group: 10_000, Mails: []int{10_000, 100_000},
			Accepted: 5000, Apple: 10_000, Users: 100_000, Invitations: 1_000_000, Open: 10_000,
		},
	}
}

// SizeOf finds a size by its name; where there is none, that is a *ChoiceError.
func SizeOf(name string) (Size, error) {
	for _, s := range Sizes() {
		if s.Name == name {
			return s, nil
		}
	}
	return Size{}, &ChoiceError{fmt.Sprintf("no size is called %q: take small, medium or full", name)}
}

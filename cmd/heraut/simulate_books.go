package main

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"

	appsbookssim "heraut/simulator/appsbooks"
	"heraut/simulator/school"
)

// What a simulated Apps and Books has in a folder. The state holds the tokens
// that were given out, so that they outlive it.
const (
	booksCAFile    = "appsbooks-ca.pem"
	booksCAKeyFile = "appsbooks-ca.key"
	booksTokenFile = "content-token.vpptoken"
	booksStateFile = "appsbooks-state.json"
)

// booksAddress is where Apps and Books is played unless told otherwise.
const booksAddress = "127.0.0.1:2198"

// readBooks goes on where an earlier run ended.
func readBooks(folder string, o *appsbookssim.Options) (err error) {
	if o.CACertPEM, o.CAKeyPEM, err = readPair(folder, booksCAFile, booksCAKeyFile); err != nil {
		return err
	}
	o.Snapshot, err = os.ReadFile(filepath.Join(folder, booksStateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// writeBooks writes what a Heraut needs to use it, with a new token of the
// made-up school; earlier ones stay good.
func writeBooks(folder string, books *appsbookssim.Server) error {
	token := books.Token(school.Name, time.Now().AddDate(1, 0, 0))
	return errors.Join(
		writeBooksAuthority(folder, books),
		replaceFile(filepath.Join(folder, booksTokenFile), token),
		saveBooks(folder, books),
	)
}

// writeBooksAuthority writes the key first: a certificate without one is of no use.
func writeBooksAuthority(folder string, books *appsbookssim.Server) error {
	return errors.Join(
		replaceFile(filepath.Join(folder, booksCAKeyFile), books.CAKeyPEM()),
		replaceFile(filepath.Join(folder, booksCAFile), books.CAPEM()),
	)
}

// titles are what the made-up store calls the made-up school's apps and books;
// others are in the store no more.
var titles = map[string]string{"1001": "Rekenmaatje", "1002": "Tekenstudio", "2001": "De wereld in kaart"}

// bought are apps and books that the made-up school has at the first start, by
// their numbers and seats.
type bought struct{ apps, books map[string]int }

func (b *bought) flags(f *pflag.FlagSet) {
	f.StringToIntVar(&b.apps, "apps", map[string]int{"1001": 400, "1002": 60}, "apps of the simulated Apps and Books and their seats, `ID=SEATS,...`; the first start counts")
	f.StringToIntVar(&b.books, "books", map[string]int{"2001": 35}, "books of the simulated Apps and Books and their seats, `ID=SEATS,...`; the first start counts")
}

// check refuses what nobody can buy.
func (b *bought) check() error {
	for _, part := range []map[string]int{b.apps, b.books} {
		for id, seats := range part {
			if id == "" || seats < 0 {
				return usagef("--apps and --books are numbers and seats such as 1001=45, not %q=%d", id, seats)
			}
		}
	}
	return nil
}

// buy puts them into a library.
func (b *bought) buy(books *appsbookssim.Server) {
	for _, id := range slices.Sorted(maps.Keys(b.apps)) {
		books.AddAsset(school.Name, appsbookssim.Asset{AdamID: id, Name: titles[id], Total: b.apps[id]})
	}
	for _, id := range slices.Sorted(maps.Keys(b.books)) {
		books.AddAsset(school.Name, appsbookssim.Asset{AdamID: id, Name: titles[id], Total: b.books[id], Book: true})
	}
}

// saveBooks writes down its state.
func saveBooks(folder string, books *appsbookssim.Server) error {
	state, err := books.Snapshot()
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(folder, booksStateFile), state)
}

// What the tests share: one database, empty before each of them.
'use strict'
require('mocha')
const fdb = require('foundationdb')

fdb.setAPIVersion(720)

const all = fdb.open()
const db = all.at('test/').withKeyEncoding(fdb.encoders.string).withValueEncoding(fdb.encoders.string)

beforeEach(() => all.clearRange('', '\xff'))

/** The code of the error that a promise, or a function, fails with. */
async function codeOf(action) {
  try {
    await (typeof action === 'function' ? action() : action)
  } catch (error) {
    if (!(error instanceof fdb.FDBError)) throw error
    return error.code
  }
  throw new Error('It should have failed')
}

/** A transaction that is neither committed nor retried by the package. */
const begin = options => db.rawCreateTransaction(options)

/** A number as 8 bytes, little-endian, as the atomic operations want it. */
function number(value) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(value))
  return bytes
}

module.exports = { fdb, all, db, codeOf, begin, number }

"""Money in: one door for every stream, whoever takes the card.

A brand pays $100 by card. The provider keeps $3.20 of it, and a day later a bank takes $40 back:

    provider:sandbox → advertiser:7:prepaid  100.00     platform:fees → provider:sandbox   3.20
    advertiser:7:prepaid → provider:sandbox   40.00     platform:fees → provider:sandbox  15.00

A provider tells facts; they may come twice, late and in any order, and the books end the same.
"""
